#!/bin/sh
# Rebuilds ui.js and qr.js into the folder given as first argument, from the pinned versions in README.md.
# Needs node 20 and npm. The result must equal the committed files: compare with SHA256SUMS.
set -eu
out=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --save-exact preact@11.2.0 @preact/signals@2.11.4 @preact/signals-core@1.14.5 htm@3.1.1 uqr@0.1.3 esbuild@0.28.2
cat > ui-entry.js <<'JS'
import { h } from 'preact';
import htm from 'htm';
export { h, render, Fragment, createContext } from 'preact';
export { useState, useEffect, useLayoutEffect, useRef, useMemo, useCallback, useContext, useReducer } from 'preact/hooks';
export { signal, computed, effect, batch, untracked, useSignal, useComputed, useSignalEffect } from '@preact/signals';
export const html = htm.bind(h);
JS
echo "export { encode } from 'uqr';" > qr-entry.js
for name in ui qr; do
  npx esbuild "$name-entry.js" --bundle --format=esm --minify --target=chrome80 --legal-comments=none --outfile="$out/$name.js"
done
