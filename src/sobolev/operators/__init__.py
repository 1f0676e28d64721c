"""Learned maps from fields to fields."""

from ..nn import CP as CP
from ..nn import TT as TT
from ..nn import Dense as Dense
from ..nn import DomainPadding as DomainPadding
from ..nn import Tucker as Tucker
from ._abstract import AbstractArchitecture as AbstractArchitecture
from ._abstract import AbstractEstimator as AbstractEstimator
from ._abstract import AbstractOperator as AbstractOperator
from ._fno import FNO as FNO
from ._kernel_ridge import KernelRidge as KernelRidge
from ._mean import Mean as Mean
from ._normalised import Normalised as Normalised
from ._resample import resample as resample
from ._statistics import Statistics as Statistics
