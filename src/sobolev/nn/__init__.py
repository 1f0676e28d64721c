"""Layers shared by operators and neural spaces."""

from ._convolution import Convolution as Convolution
from ._convolution import EdgePadding as EdgePadding
from ._convolution import double as double
from ._convolution import halve as halve
from ._cp import CP as CP
from ._dense import Dense as Dense
from ._fourier_features import FourierFeatures as FourierFeatures
from ._gelu import gelu as gelu
from ._modes import Modes as Modes
from ._padding import DomainPadding as DomainPadding
from ._pointwise import Gate as Gate
from ._pointwise import Pointwise as Pointwise
from ._pointwise import PointwiseMLP as PointwiseMLP
from ._spectral_convolution import SpectralConvolution as SpectralConvolution
from ._spectral_kernel import AbstractSpectralKernel as AbstractSpectralKernel
from ._spectral_kernel import AbstractSpectralWeights as AbstractSpectralWeights
from ._tensor_train import TT as TT
from ._transform import Transform as Transform
from ._transform import analyse as analyse
from ._transform import choose_transform as choose_transform
from ._transform import synthesise as synthesise
from ._transform import transform_cost as transform_cost
from ._tucker import Tucker as Tucker
