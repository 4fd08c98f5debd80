"""Writes each `run:` of actions and workflows into a file of its own, by file, job and step: scripts.py FOLDER FILE..."""

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
    parts = {"runs": document["runs"]} if "runs" in document else document["jobs"]
    for part, content in parts.items():
        for number, step in enumerate(content.get("steps", []), 1):
            if "run" in step:
                name = re.sub("[^A-Za-z0-9]+", "-", file).strip("-")
                folder.joinpath(f"{name}-{part}-{number:02}.sh").write_text(step["run"] + "\n")
