#!/bin/sh
# Set up .venv from a lock file: scripts/setup.sh LOCK STAMP...
# Called by the Makefile; the stamps are touched when everything is in place.
set -eu

lock=$1
shift
venv=.venv

stop() {
    echo "$1" >&2
    exit 1
}

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
has_venv() { "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; }

find_python() {
    without_venv=
    for python in ${PYTHON:-python3.13 python3.12 python3.11 python3}; do
        is_new_enough "$python" || continue
        if has_venv "$python"; then
            return
        fi
        without_venv=${without_venv:-$python}
    done
    if [ -n "$without_venv" ]; then
        stop "$without_venv lacks venv and ensurepip: install them (Debian, Ubuntu: apt install python3-venv), then run make again."
    fi
    stop "Python 3.11 or newer is needed and ${PYTHON:-python3} is not: install it (Debian, Ubuntu: apt install python3 python3-venv; macOS: brew install python), or name one: make PYTHON=/path/to/python3."
}

# Runs pip quietly; when it fails, says what that means before what pip said.
pip_install() {
    meaning=$1
    shift
    if ! said=$("$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@" 2>&1); then
        case $said in
        *"DO NOT MATCH THE HASHES"*) meaning="A downloaded library is not the one that $lock names, so nothing was installed." ;;
        esac
        stop "$meaning pip said:
$said"
    fi
}

if ! is_new_enough "$venv/bin/python" || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    find_python
    echo "Creating $venv with $("$python" --version)" >&2
    "$python" -m venv --clear "$venv" || stop "$python could not create $venv: see the lines above."
fi

echo "Installing what $lock names (a minute or two the first time)" >&2
# Wheels only: building from source would fetch build tools that no hash guards.
pip_install "The libraries could not be installed: this needs the network, or a package mirror that pip is configured for." \
    --require-hashes --only-binary :all: -r "$lock"
pip_install "Accord itself could not be installed into $venv." \
    --no-deps --no-build-isolation -e .

touch "$@"
