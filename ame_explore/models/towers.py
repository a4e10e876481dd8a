"""The image tower and the text tower of a CLIP.

Both are pre-norm transformers as in CLIP (Radford et al. 2021) and ViT (Dosovitskiy et al. 2021). The image tower has a
convolutional stem for small images (our choice; Xiao et al. 2021, "Early convolutions help transformers see better"),
without which a thousand images are too few.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Block(nn.Module):
    """One pre-norm transformer block: x (B, T, W) -> (B, T, W).

    Args:
        width: W.
        heads: attention heads.
        mlp_ratio: width of the hidden layer divided by W.
    """

    def __init__(self, width: int, heads: int, mlp_ratio: int) -> None:
        super().__init__()
        self.heads = heads
        self.attention_norm = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.attention_output = nn.Linear(width, width)
        self.mlp_norm = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, mlp_ratio * width), nn.GELU(), nn.Linear(mlp_ratio * width, width))

    def forward(self, x: Tensor, key_mask: Tensor | None = None, *, first_only: bool = False) -> Tensor:
        """Apply the block.

        Args:
            x: (B, T, W).
            key_mask: (B, T) bool, the tokens that may be attended to; None for all.
            first_only: return only the first token, (B, 1, W).
        """
        b, t, w = x.shape
        q, k, v = (
            self.qkv(self.attention_norm(x)).view(b, t, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        )  # (B, H, T, W/H)
        if first_only:  # the other tokens serve only as keys and values
            q, x = q[:, :, :1], x[:, :1]
        mask = None if key_mask is None else key_mask[:, None, None, :]
        attended = F.scaled_dot_product_attention(q, k, v, attn_mask=mask).transpose(1, 2).reshape(b, -1, w)
        x = x + self.attention_output(attended)
        result: Tensor = x + self.mlp(self.mlp_norm(x))
        return result


class ImageTower(nn.Module):
    """A vision transformer: images (B, channels, S, S) -> features (B, embed_dim), not normalized.

    Args:
        image_size: S.
        channels: number of channels of the images.
        patch: side of the patch that a token represents, in pixels; divides `image_size`.
        width: width of the tokens.
        layers: number of blocks.
        heads: attention heads per block.
        embed_dim: width of the features.
        stem: "conv" (three 3x3 convolutions, for patch 2 or 4) or "patch" (one convolution with size and stride
            `patch`, as in ViT-B/16).
        mlp_ratio: see `Block`.
    """

    def __init__(
        self,
        *,
        image_size: int,
        channels: int,
        patch: int,
        width: int,
        layers: int,
        heads: int,
        embed_dim: int,
        stem: str = "conv",
        mlp_ratio: int = 2,
    ) -> None:
        super().__init__()
        self.width, self.image_shape = width, (channels, image_size, image_size)
        self.stem: nn.Module
        if stem == "conv":
            half = width // 2
            self.stem = nn.Sequential(
                nn.Conv2d(channels, half, 3, padding=1),
                nn.GroupNorm(4, half),
                nn.GELU(),
                nn.Conv2d(half, width, 3, stride=2, padding=1),
                nn.GroupNorm(4, width),
                nn.GELU(),
                nn.Conv2d(width, width, 3, stride=patch // 2, padding=1),
            )
        else:
            self.stem = nn.Conv2d(channels, width, patch, stride=patch)
        self.class_token = nn.Parameter(torch.empty(1, 1, width))
        self.positions = nn.Parameter(torch.empty(1, (image_size // patch) ** 2 + 1, width))
        self.blocks = nn.ModuleList(Block(width, heads, mlp_ratio) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.output = nn.Linear(width, embed_dim)

    def draw_parameters(self, generator: torch.Generator) -> None:
        """Draw class token and positions: normal, standard deviation 0.02 (ViT)."""
        nn.init.normal_(self.class_token, std=0.02, generator=generator)
        nn.init.normal_(self.positions, std=0.02, generator=generator)

    def tokens(self, images: Tensor) -> Tensor:
        """(B, channels, S, S) -> the input of the blocks, (B, 1 + T, width), with the class token first."""
        patches = self.stem(images).flatten(2).mT
        return torch.cat([self.class_token.expand(len(patches), -1, -1), patches], dim=1) + self.positions

    def from_tokens(self, tokens: Tensor, prompts: Tensor | None = None) -> Tensor:
        """Apply the blocks and the output layer to tokens.

        Args:
            tokens: (B, 1 + T, width).
            prompts: (layers, P, width), inserted between class token and patches before each of the first layers; each
                layer's prompts replace those of the layer before (deep visual prompts: Jia et al. 2022; PromptKD uses
                4 tokens in 9 layers). None for no prompts.

        Returns:
            (B, embed_dim).
        """
        x, count = tokens, 0
        for index, block in enumerate(self.blocks):
            if prompts is not None and index < len(prompts):
                prompt = prompts[index].expand(len(x), -1, -1)
                x = torch.cat([x[:, :1], prompt, x[:, 1 + count :]], dim=1)
                count = prompts.shape[1]
            x = block(x, first_only=index == len(self.blocks) - 1)
        features: Tensor = self.output(self.norm(x[:, 0]))
        return features

    def forward(self, images: Tensor, prompts: Tensor | None = None) -> Tensor:
        """(B, channels, S, S) -> (B, embed_dim)."""
        return self.from_tokens(self.tokens(images), prompts)


class TextTower(nn.Module):
    """A transformer over words: token indices (N, L), 0 is padding -> features (N, embed_dim), not normalized.

    The mean over words is projected (our choice; CLIP takes the last token).

    Args:
        vocabulary_size: number of words, with padding and unknown.
        context: most words in a text.
        width: width of the tokens.
        layers: number of blocks.
        heads: attention heads per block.
        embed_dim: width of the features.
        mlp_ratio: see `Block`.
    """

    def __init__(
        self,
        *,
        vocabulary_size: int,
        context: int,
        width: int,
        layers: int,
        heads: int,
        embed_dim: int,
        mlp_ratio: int = 2,
    ) -> None:
        super().__init__()
        # Drawing from a normal distribution on the meta device would import torch's compiler, which takes seconds.
        self.words = nn.Embedding.from_pretrained(torch.empty(vocabulary_size, width), freeze=False)
        self.positions = nn.Parameter(torch.empty(1, context, width))
        self.blocks = nn.ModuleList(Block(width, heads, mlp_ratio) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.output = nn.Linear(width, embed_dim)

    def draw_parameters(self, generator: torch.Generator) -> None:
        """Draw positions: normal, standard deviation 0.02."""
        nn.init.normal_(self.positions, std=0.02, generator=generator)

    def forward(self, tokens: Tensor) -> Tensor:
        """(N, L) int64 with L <= context -> (N, embed_dim)."""
        mask = tokens != 0
        x = self.words(tokens) + self.positions[:, : tokens.shape[1]]
        for block in self.blocks:
            x = block(x, mask)
        weights = mask.to(x.dtype)[..., None]
        features: Tensor = self.output(self.norm((x * weights).sum(1) / weights.sum(1)))
        return features
