"""Exponax's side of `benchmarks.etd`: its own steppers, repeated in Fourier space (its fastest way).

Run with JAX_ENABLE_X64=1.
"""

import json
import sys

import exponax as ex
import jax
import jax.numpy as jnp
import numpy as np
from _etd_cases import (
    KS_LENGTH,
    KS_POINTS,
    KS_STEP,
    KS_STEPS,
    NS_LENGTH,
    NS_POINTS,
    NS_STEP,
    NS_STEPS,
    NS_VISCOSITY,
    ORDERS,
    ks_start,
    ns_start,
    seconds,
)

# Exponax keeps |k| <= fraction * N/2 - 1; these fractions give the N/3 modes of the exact 2/3 rule.
KS_FRACTION, NS_FRACTION = 0.675, 0.69


def steppers(order: int):
    ks = ex.stepper.KuramotoSivashinskyConservative(
        1, KS_LENGTH, KS_POINTS, KS_STEP, order=order, dealiasing_fraction=KS_FRACTION
    )
    # Its stream function solves +laplacian(psi) = w, ours -laplacian(psi) = w: hence the sign of the convection.
    ns = ex.stepper.NavierStokesVorticity(
        2,
        NS_LENGTH,
        NS_POINTS,
        NS_STEP,
        diffusivity=NS_VISCOSITY,
        vorticity_convection_scale=-1.0,
        order=order,
        dealiasing_fraction=NS_FRACTION,
    )
    return (("ks", ks, ks_start(), KS_STEPS), ("ns", ns, ns_start(), NS_STEPS))


def main(folder: str) -> None:
    result = {}
    for order in ORDERS:
        for name, stepper, start, steps in steppers(order):
            run = jax.jit(ex.repeat(stepper.step_fourier, steps))
            hat = ex.fft(jnp.asarray(start)[None])
            result[f"{name}{order}"] = seconds(lambda run=run, hat=hat: jax.block_until_ready(run(hat)))
            end = ex.ifft(run(hat), num_spatial_dims=start.ndim, num_points=start.shape[0])
            np.save(f"{folder}/peer_{name}{order}.npy", end[0])
    print(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1])
