import numpy as np
import pytest
from sklearn.ensemble import (
    AdaBoostClassifier,
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier, ExtraTreeClassifier

from sklearn_eeg.explain._trees import bring_into_shape, explain_trees, is_tree_model

PLAYERS = [[4, 0], [1, 2], [3]]
FORESTS = [
    RandomForestClassifier(10, random_state=0),
    RandomForestClassifier(10, class_weight="balanced", random_state=0),
    ExtraTreesClassifier(10, max_depth=4, random_state=0),
    DecisionTreeClassifier(random_state=0),
    ExtraTreeClassifier(random_state=0),
]
BOOSTED = [
    HistGradientBoostingClassifier(max_iter=8, random_state=0),
    GradientBoostingClassifier(n_estimators=8, random_state=0),
]


def problem(n_classes):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((150, 5))
    y = np.digitize(X[:, 0] + X[:, 1] * X[:, 2], [-0.3, 0.6][: n_classes - 1])
    return X, np.array(list("abc"))[y]


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("model", FORESTS)
def test_values_of_forests_sum_to_the_probabilities(model, n_classes):
    X, y = problem(n_classes)
    values, base, output = explain_trees(model.fit(X, y), X[:20], PLAYERS)
    assert values.shape == (20, 3, n_classes)
    assert output == "probability"
    np.testing.assert_allclose(values.sum(axis=1) + base, model.predict_proba(X[:20]), rtol=0, atol=1e-10)
    np.testing.assert_allclose(base.sum(), 1.0, rtol=1e-10)


@pytest.mark.parametrize("model", BOOSTED)
def test_values_of_boosted_trees_sum_to_the_log_odds(model):
    X, y = problem(2)
    values, base, output = explain_trees(model.fit(X, y), X[:20], PLAYERS)
    decision = model.decision_function(X[:20])
    assert output == "log-odds"
    np.testing.assert_allclose(values.sum(axis=1) + base, np.stack([-decision, decision], axis=1), atol=1e-10)
    probability = 1 / (1 + np.exp(-(values.sum(axis=1) + base)))
    np.testing.assert_allclose(probability, model.predict_proba(X[:20]), rtol=0, atol=1e-10)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("model", [*FORESTS, BOOSTED[0]])
def test_missing_values_go_where_the_model_sends_them(model, n_classes):
    X, y = problem(n_classes)
    X[np.random.default_rng(1).random(X.shape) < 0.2] = np.nan
    values, base, _ = explain_trees(model.fit(X, y), X[:20], PLAYERS)
    decide = getattr(model, "decision_function", model.predict_proba)
    expected = decide(X[:20])
    expected = np.stack([-expected, expected], axis=1) if expected.ndim == 1 else expected
    np.testing.assert_allclose(values.sum(axis=1) + base, expected, rtol=0, atol=1e-10)


def test_three_boosted_classes():
    X, y = problem(3)
    model = HistGradientBoostingClassifier(max_iter=8, random_state=0).fit(X, y)
    values, base, output = explain_trees(model, X[:20], PLAYERS)
    assert output == "log-odds"
    np.testing.assert_allclose(values.sum(axis=1) + base, model.decision_function(X[:20]), rtol=0, atol=1e-10)


@pytest.mark.parametrize("name", ["lightgbm.LGBMClassifier", "xgboost.XGBClassifier"])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_boosted_trees_of_other_packages(name, n_classes):
    package = pytest.importorskip(name.partition(".")[0])
    X, y = problem(n_classes)
    codes = np.searchsorted(list("abc"), y)
    model = getattr(package, name.partition(".")[2])(n_estimators=8).fit(X, codes)
    values, base, output = explain_trees(model, X[:20], PLAYERS)
    total = values.sum(axis=1) + base
    odds = np.exp(total if n_classes == 3 else total / 2)
    assert output == "log-odds"
    probability = odds / odds.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(probability, model.predict_proba(X[:20]), rtol=0, atol=1e-4)  # float32


def test_one_tree_is_the_closed_form():
    """One split: a feature has its leaf's probability less the mean; the others have nothing."""
    X = np.array([[0, 5, 1.0], [0, 5, 2.0], [0, 5, 3.0], [0, 5, 10.0]])
    tree = DecisionTreeClassifier(max_depth=1).fit(X, list("aaab"))
    values, base, _ = explain_trees(tree, X[[0, 3]], [[0, 1], [2]])
    np.testing.assert_allclose(base, [0.75, 0.25])
    np.testing.assert_allclose(values, [[[0, 0], [0.25, -0.25]], [[0, 0], [-0.75, 0.75]]], atol=1e-15)


def test_players_keep_their_order_and_hold_sums():
    X, y = problem(3)
    model = FORESTS[0].fit(X, y)
    single, base, _ = explain_trees(model, X[:5], [[feature] for feature in range(5)])
    values, same, _ = explain_trees(model, X[:5], PLAYERS)
    np.testing.assert_allclose(
        values, np.stack([single[:, p].sum(axis=1) for p in PLAYERS], axis=1), atol=1e-15
    )
    shuffled, _, _ = explain_trees(model, X[:5], PLAYERS[::-1])
    np.testing.assert_allclose(shuffled, values[:, ::-1], rtol=0, atol=1e-15)
    np.testing.assert_array_equal(same, base)


@pytest.mark.parametrize(
    ("values", "expected", "shape"),
    [
        (np.ones((4, 3)), 0.5, 2),
        (np.ones((4, 3)), np.array([0.5]), 2),
        (np.ones((4, 3)), [-0.5, 0.5], 2),
        (np.ones((4, 3, 1)), [0.5], 2),
        (np.ones((4, 3, 2)), np.array([0.25, 0.5]), 2),
        ([np.zeros((4, 3)), np.ones((4, 3))], [0.25, 0.5], 2),
        ([np.zeros((4, 3)), np.ones((4, 3)), np.ones((4, 3))], [0.1, 0.5, 0.5], 3),
    ],
)
def test_every_shape_of_shap_is_brought_into_one(values, expected, shape):
    array, base = bring_into_shape(values, expected, (4, 3))
    assert array.shape == (4, 3, shape)
    assert base.shape == (shape,)
    assert (array[..., -1] == 1).all()
    assert base[-1] == 0.5
    if shape == 2 and np.shape(values)[-1] in (1, 3):
        assert (array[..., 0] == (0 if isinstance(values, list) else -1)).all()


def test_another_shape_of_shap_is_refused():
    with pytest.raises(
        ValueError, match=r"shap must give values for \(4, 3\) windows and features, got \(4, 2\)"
    ):
        bring_into_shape(np.ones((4, 2)), [0.5], (4, 3))


def test_models_that_are_known():
    for n_classes in (2, 3):
        X, y = problem(n_classes)
        known = [*FORESTS, BOOSTED[0], *(BOOSTED[1:] if n_classes == 2 else [])]
        assert all(is_tree_model(model.fit(X, y)) for model in known)
        unknown = [LogisticRegression(), AdaBoostClassifier(n_estimators=3)]
        assert not any(is_tree_model(model.fit(X, y)) for model in unknown)
    assert not is_tree_model(GradientBoostingClassifier(n_estimators=2).fit(X, y))
    assert not is_tree_model(RandomForestRegressor(2).fit(X, X[:, 0]))
    assert not is_tree_model(DecisionTreeClassifier().fit(X, np.stack([y, y], axis=1)))
    X, y = problem(2)
    assert not is_tree_model(GradientBoostingClassifier(n_estimators=2, loss="exponential").fit(X, y))
    assert not is_tree_model(GradientBoostingClassifier(n_estimators=2, init=LogisticRegression()).fit(X, y))


def test_what_does_not_fit_is_refused():
    X, y = problem(2)
    tree = DecisionTreeClassifier().fit(X, y)
    with pytest.raises(ValueError, match="`rows` must have the 5 columns of the model, got 4"):
        explain_trees(tree, X[:, :4], [range(4)])
    with pytest.raises(ValueError, match="`rows` must be finite, got infinity"):
        explain_trees(tree, [[np.inf] * 5], PLAYERS)
    with pytest.raises(ValueError, match="got column 3 in none"):
        explain_trees(tree, X, PLAYERS[:2])
    with pytest.raises(ValueError, match="`model` must be a classifier of trees, got LogisticRegression"):
        explain_trees(LogisticRegression().fit(X, y), X, PLAYERS)
