"""Build step: the rule pack at the root of the checkout becomes package data of callguard."""

from pathlib import Path
from shutil import copyfile

from setuptools import setup
from setuptools.command.build_py import build_py

PACK = (Path("rules.yaml"), *sorted(Path("lists").glob("*.txt")))


class BuildWithPack(build_py):
    def run(self) -> None:
        super().run()
        # An editable install reads the files where they are.
        if self.editable_mode:
            return
        for source in PACK:
            target = Path(self.build_lib, "callguard", "pack", source)
            target.parent.mkdir(parents=True, exist_ok=True)
            copyfile(source, target)


setup(cmdclass={"build_py": BuildWithPack})
