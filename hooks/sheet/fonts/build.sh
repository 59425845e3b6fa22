#!/bin/sh
# Rebuilds the sheet font from the published package. Needs npm and Debian's python3-fonttools.
# The source has TrueType outlines already; nothing but unused characters, hints and
# layout tables is taken away, so the shapes and the name stay those of the font.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
python=${PYTHON:-/usr/bin/python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cd "$work"
npm pack --silent @expo-google-fonts/noto-serif-sc@0.4.3 >/dev/null
tar xzf expo-google-fonts-noto-serif-sc-0.4.3.tgz
source=package/400Regular/NotoSerifSC_400Regular.ttf
echo "c358a69de3df5f423a8946a7b03e3126fb6ba116f1130a463455b4e39e1f0742  $source" | sha256sum -c -

"$python" "$here/charset.py" "$source" "$here/beyond_gbk.txt" >charset.txt
"$python" -m fontTools.subset "$source" --unicodes-file=charset.txt \
	--layout-features='' --no-hinting --notdef-outline --name-IDs='0,1,2,3,4,5,6,7,13,14' \
	--drop-tables+=OS/2,BASE,GDEF,GPOS,GSUB,STAT,gasp,vhea,vmtx \
	--output-file=NotoSerifSC-Regular.ttf
cp NotoSerifSC-Regular.ttf "$here/NotoSerifSC-Regular.ttf"
cp package/LICENSE_FONT "$here/OFL.txt"
cd "$here" && sha256sum NotoSerifSC-Regular.ttf | tee NotoSerifSC-Regular.ttf.sha256
