"""One map of images and texts, coloured by how sure the student is"""

from ame_explore.measures import predictive_entropy

cosines = torch.nn.functional.normalize(features.image, dim=1) @ torch.nn.functional.normalize(features.text, dim=1).T
unsure = predictive_entropy(cosines * features.logit_scale)
drawing = figures.pair_map(features, values=unsure, values_label="entropy of the answer (nats)", drawn=400)
