"""Worker (the peer's Python): seconds per training step of neuraloperator's FNO, and the process's peak memory."""

import argparse
import json
import resource
import statistics
import time

import torch
from neuralop.models import FNO


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("points", "modes", "batch", "steps"):
        parser.add_argument(f"--{name}", type=int, required=True)
    given = parser.parse_args()
    torch.set_num_threads(2)
    torch.manual_seed(0)
    n, modes = given.points, (given.modes, given.modes)
    model = FNO(n_modes=modes, in_channels=1, out_channels=1, hidden_channels=32, n_layers=4)
    adam = torch.optim.Adam(model.parameters(), lr=1e-3)
    a, u = torch.randn(2, given.batch, 1, n, n)
    seconds = []
    for _ in range(given.steps + 2):
        begin = time.perf_counter()
        adam.zero_grad(set_to_none=True)
        error = (model(a) - u).flatten(1).norm(dim=1) / u.flatten(1).norm(dim=1)
        loss = error.mean()
        loss.backward()
        adam.step()
        seconds.append(time.perf_counter() - begin)
    print(
        json.dumps(
            {
                "seconds": statistics.median(seconds[2:]),
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "parameters": sum(p.numel() * (2 if p.is_complex() else 1) for p in model.parameters()),
                "threads": torch.get_num_threads(),
                "loss": loss.item(),
            }
        )
    )


if __name__ == "__main__":
    main()
