"""Every class is an interface or a leaf."""

import importlib
import inspect
import pkgutil

import equinox as eqx

import sobolev


def _classes():
    found = set()
    for module in pkgutil.walk_packages(sobolev.__path__, "sobolev."):
        if module.name.endswith("__main__"):
            continue
        for _, item in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if item.__module__.startswith("sobolev."):
                found.add(item)
    return found


def test_abstract_or_final():
    classes = _classes()
    assert len(classes) > 30
    wrong = []
    for cls in classes:
        if issubclass(cls, BaseException):
            continue
        for base in cls.__mro__[1:]:
            concrete = base in classes and not inspect.isabstract(base) and not base.__name__.startswith("Abstract")
            if concrete:
                wrong.append(f"{cls.__module__}.{cls.__name__} is below the concrete {base.__name__}")
    assert not wrong, "\n".join(wrong)


def test_abstract_names_say_so():
    wrong = [
        cls.__name__
        for cls in _classes()
        if issubclass(cls, eqx.Module) and inspect.isabstract(cls) != cls.__name__.lstrip("_").startswith("Abstract")
    ]
    assert not wrong
