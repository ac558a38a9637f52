"""Convolutional networks from windows to labels, trained by torch.

May import leaves and ``signal``; torch and skorch are imported when a network is fitted, not before.
"""

from ._cnn_classifier import CNNClassifier

__all__ = ["CNNClassifier"]
