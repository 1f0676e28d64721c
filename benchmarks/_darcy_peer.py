"""neuraloperator's own small-Darcy example on the same files; run by the peer's interpreter. Prints one JSON line.

Settings of its gallery at 2.0.0 (plot_FNO_darcy): FNO with 8 x 8 modes and 24 channels, AdamW 1e-2, weight decay 1e-4,
cosine over 30 epochs of which 15 are run, H1 loss, batches of 64, normalised outputs. (Later versions of the example
have 16 x 16 modes, 32 channels, batches of 32, 20 epochs: 0.100 in three times the time.)
"""

import json
import sys
import time

import numpy as np
import torch
from neuralop import H1Loss, LpLoss
from neuralop.data.transforms.data_processors import DefaultDataProcessor
from neuralop.data.transforms.normalizers import UnitGaussianNormalizer
from neuralop.models import FNO
from neuralop.training import AdamW


def main(train: str, test: str, seed: int) -> None:
    torch.set_num_threads(2)
    torch.manual_seed(seed)
    (x, y), (xt, yt) = (arrays(path) for path in (train, test))
    normalizer = UnitGaussianNormalizer(dim=[0, 2, 3])
    normalizer.fit(y)
    processor = DefaultDataProcessor(in_normalizer=None, out_normalizer=normalizer)
    begin = time.perf_counter()
    model = FNO(n_modes=(8, 8), in_channels=1, out_channels=1, hidden_channels=24, projection_channel_ratio=2)
    optimizer = AdamW(model.parameters(), lr=1e-2, weight_decay=1e-4)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=30)
    loss = H1Loss(d=2)
    data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, y), batch_size=64, shuffle=True)
    for _ in range(15):
        model.train()
        processor.train()
        for a, u in data:
            optimizer.zero_grad()
            sample = processor.preprocess({"x": a, "y": u})
            out, sample = processor.postprocess(model(sample["x"]), sample)
            loss(out, sample["y"]).backward()
            optimizer.step()
        scheduler.step()
    seconds = time.perf_counter() - begin
    model.eval()
    with torch.no_grad():
        predicted = normalizer.inverse_transform(model(xt))
    error = LpLoss(d=2, p=2).rel(predicted, yt).item() / len(yt)
    mean = torch.mean(torch.linalg.norm((predicted - yt).flatten(1), dim=1) / torch.linalg.norm(yt.flatten(1), dim=1))
    parameters = sum(p.numel() for p in model.parameters())
    print(json.dumps({"error": mean.item(), "loss": error, "seconds": seconds, "parameters": parameters}))


def arrays(path: str) -> tuple[torch.Tensor, torch.Tensor]:
    with np.load(path, allow_pickle=False) as file:
        return torch.tensor(file["x"], dtype=torch.float32)[:, None], torch.tensor(file["y"])[:, None]


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
