"""What a class predicted, beside what happened"""

from ame_explore.teach.class_predictions import class_predictions

pasted = """
TOKENS
"""
drawing = class_predictions(pasted).drawing
