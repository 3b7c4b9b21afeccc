#!/bin/sh
# Installs the libraries that bench/peers compares with from PyPI into a virtual environment of their own:
#     bench/peers/setup.sh [FOLDER]          default: build/peers
# Needs python3 (3.11 or newer) with venv. About 250 MB.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
folder=${1:-$here/../../build/peers}
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet --disable-pip-version-check \
  implicit==0.7.3 scipy==1.17.1 numpy==2.4.6 faiss-cpu==1.15.1 lightgbm==4.7.0
printf '%s\n' "$folder/bin/python"
