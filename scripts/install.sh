#!/usr/bin/env bash
# Installs Guantong from this folder, without any network: ./install.sh [FOLDER]
# FOLDER (default /opt/guantong as root, else ~/guantong) gets the programs and a data folder.
set -euo pipefail
cd "$(dirname "$0")"

fail() { printf '%s\n' "$@" >&2; exit 1; }

wanted=$(cat python-version)
if [ "$(id -u)" = 0 ]; then default=/opt/guantong; else default=$HOME/guantong; fi
folder=${1:-$default}

python=
for candidate in "${PYTHON:-}" "python$wanted" python3; do
  if [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 \
    && [ "$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])')" = "$wanted" ]; then
    python=$(command -v "$candidate")
    break
  fi
done
[ -n "$python" ] || fail "This bundle needs Python $wanted, and none was found." \
  "Install it from the system's own discs, or name it: PYTHON=/path/to/python$wanted ./install.sh"
"$python" -c 'import venv, ensurepip' 2>/dev/null || fail \
  "$python cannot make a virtual environment: install python$wanted-venv from the system's own discs."

mkdir -p "$folder"
free=$(df -Pk "$folder" | awk 'NR == 2 { print int($4 / 1024) }')
[ "$free" -ge 1500 ] || fail "Too little disk space in $folder: $free MB free, 1500 MB needed."

echo "Installing into $folder"
"$python" -m venv "$folder/venv"
PIP_CONFIG_FILE=/dev/null "$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  --no-index --find-links wheels --upgrade guantong
cat > "$folder/guantong" <<RUN
#!/usr/bin/env bash
export GUANTONG_DATA="\${GUANTONG_DATA:-$folder/data}"
exec "$folder/venv/bin/guantong" "\$@"
RUN
chmod 755 "$folder/guantong"
"$folder/guantong" migrate
cat <<DONE

Installed. Next:
  $folder/guantong demo       a fictional city to try things in (optional; never beside real matters)
  $folder/guantong serve      then open http://127.0.0.1:8000/
DONE
