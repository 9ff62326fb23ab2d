#!/bin/sh
# Makes the two font files from the npm package inter-ui. Needs npm and fontTools with brotli (pip install fonttools brotli).
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
(cd "$work" && npm pack --silent inter-ui@4.1.1 >/dev/null && tar xzf inter-ui-4.1.1.tgz)
# Latin with accents, Greek, Cyrillic, punctuation, currencies, and a few signs that titles have.
letters="U+0020-007E,U+00A0-024F,U+0259,U+02BB-02BC,U+02C6-02C7,U+02D8-02DD,U+0300-0304,U+0306-030C,U+0312,U+0323-0328,\
U+0370-03FF,U+0400-052F,U+1E00-1EFF,U+2000-200D,U+2010-2027,U+202F-203A,U+2044,U+2070-208E,U+20A0-20BF,U+2116,U+2122,\
U+2190-2193,U+2212,U+2260,U+2264-2265,U+25CF,U+2605-2606,U+2665,U+2713"
for font in web/Inter-Regular display/InterDisplay-SemiBold; do
  pyftsubset "$work/package/$font.woff2" --unicodes="$letters" --layout-features=kern,mark,mkmk,ccmp,locl \
    --flavor=none --no-hinting --desubroutinize --name-IDs='*' --notdef-outline --output-file="$(basename "$font").ttf"
done
cp "$work/package/LICENSE.txt" LICENSE-Inter.txt
