"""Writes each `run:` of actions and workflows into a file of its own: scripts.py FOLDER FILE..."""

import pathlib
import re
import shutil
import sys

import ruamel.yaml

folder = pathlib.Path(sys.argv[1])
shutil.rmtree(folder, ignore_errors=True)
folder.mkdir(parents=True)
for file in sys.argv[2:]:
    document = ruamel.yaml.YAML(typ="safe").load(pathlib.Path(file))
    parts = [document["runs"]] if "runs" in document else document["jobs"].values()
    steps = [step for part in parts for step in part.get("steps", [])]
    for number, step in enumerate(steps, 1):
        if "run" in step:
            name = re.sub("[^A-Za-z0-9]+", "-", file).strip("-")
            folder.joinpath(f"{name}-{number}.sh").write_text(step["run"] + "\n")
