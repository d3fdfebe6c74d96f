#!/bin/sh
# split.sh NAME DIR [BYTES]: writes the files of DIR as one credential NAME in parts, as manifests, to standard output.
# Each file is a key. A file over BYTES (default 700 KiB, below the 1 MiB of a Secret) is split into KEY.0, KEY.1, ...
set -eu
name=$1
dir=$2
limit=${3:-716800}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$dir"

# The hash of the joined keys and bytes: key, NUL, size in decimal, NUL, bytes, for each key in ascending order.
sha=$(
  LC_ALL=C ls -A | while IFS= read -r key; do
    printf '%s\0%s\0' "$key" "$(($(wc -c <"$key")))"
    cat "$key"
  done | sha256sum | cut -d ' ' -f 1
)

for key in $(LC_ALL=C ls -A); do
  if [ "$(wc -c <"$key")" -le "$limit" ]; then
    cp "$key" "$work/$key"
    continue
  fi
  split -b "$limit" -a 3 "$key" "$work/$key.piece-"
  number=0
  for piece in "$work/$key.piece-"*; do
    mv "$piece" "$work/$key.$number"
    number=$((number + 1))
  done
done

count=$(($(ls -A "$work" | wc -l)))
index=0
for piece in $(LC_ALL=C ls -A "$work"); do
  cat <<EOF
---
apiVersion: v1
kind: Secret
metadata:
  name: "$name-$index"
  labels:
    podkey.dev/serve: "true"
  annotations:
    podkey.dev/part-of: "$name"
    podkey.dev/part-index: "$index"
    podkey.dev/part-count: "$count"
    podkey.dev/part-sha256: "$sha"
data:
  "$piece": "$(base64 <"$work/$piece" | tr -d '\n')"
EOF
  index=$((index + 1))
done
