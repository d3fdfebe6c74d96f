#!/bin/sh
# Runs a script of this repository on a Node that can run it: node_modules/.bin/node (which the workspace tools/node
# brings), else the Node that npm itself runs on. Called by the npm scripts: `sh tools/node/run.sh SCRIPT ARGS...`.
# Plain POSIX sh, because it must explain what is wrong where there is no usable Node.
root=$(cd "${0%/*}/../.." && pwd)
linked="$root/node_modules/.bin/node"

# new_enough VERSION: "v22.19.0" and above (type stripping without a flag, and what the dependencies need).
new_enough() {
  rest=${1#v}
  major=${rest%%.*}
  rest=${rest#*.}
  minor=${rest%%.*}
  [ "$major" -gt 22 ] 2>/dev/null || { [ "$major" = 22 ] && [ "$minor" -ge 19 ]; } 2>/dev/null
}

fail() {
  echo "podkey: $1" >&2
  exit 1
}

if [ -e "$linked" ] && found=$("$linked" --version 2>/dev/null) && new_enough "$found"; then
  PATH="$root/node_modules/.bin:$PATH" exec "$linked" "$@"
fi

system=${npm_node_execpath:-node}
if found=$("$system" --version 2>/dev/null) && new_enough "$found"; then
  # First on the PATH, so that tools with a `#!/usr/bin/env node` line do not pick a linked Node that cannot run here.
  case "$system" in */*) PATH="${system%/*}:$PATH" ;; esac
  exec "$system" "$@"
fi

if [ -e "$linked" ]; then
  fail "the Node that npm installed cannot run on this system (it needs glibc, so for instance not Alpine); install Node 22.19 or newer, run \`npm ci\` with it and try again."
fi
if [ ! -d "$root/node_modules" ]; then
  fail "the dependencies are not installed; run \`npm ci\` first (it brings Node 24 too where your Node is older than 22.19)."
fi
fail "this needs Node 22.19 or newer, and here is ${found:-none}; run \`npm ci\` without --omit=optional (it brings Node 24 for linux and macOS) or install Node 24."
