#!/bin/sh
# Renders a comment as GitHub shows it, to look at it: docs/comment.sh COMMENT.md PICTURE.png [light|dark] [WIDTH]
# Needs cmark-gfm, chromium and npm; docs/comment.png was made by
#   benchgate compare --order interleaved --base fixtures/pairs/slower/base --head fixtures/pairs/slower/head \
#     --base-label main --out markdown=comment.md
#   docs/comment.sh comment.md docs/comment.png
set -eu

markdown=$1 picture=$2 theme=${3:-light} width=${4:-800}
here=$(cd "$(dirname "$0")/.." && pwd)
styles=$here/target/comment
mkdir -p "$styles"
[ -d "$styles/node_modules/github-markdown-css" ] ||
  npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$styles" github-markdown-css@5.9.0
page=$styles/page.html
{
  echo '<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><style>'
  cat "$styles/node_modules/github-markdown-css/github-markdown-$theme.css"
  echo 'body { margin: 0 } .markdown-body { padding: 16px; font-size: 14px }'
  echo '</style><article class="markdown-body">'
  cmark-gfm --unsafe -e table -e strikethrough -e autolink -e tagfilter -e tasklist -e footnotes "$markdown"
  echo '</article><script>document.title = Math.ceil(document.querySelector("article").getBoundingClientRect().bottom)</script>'
} >"$page"

browser() {
  profile=$(mktemp -d)
  chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
    --disable-component-update --disable-sync --hide-scrollbars --user-data-dir="$profile" "$@" "file://$page" 2>/dev/null
  rm -rf "$profile"
}
height=$(browser --window-size="$width,600" --dump-dom | sed -n 's/.*<title>\([0-9]*\)<.*/\1/p')
browser --window-size="$width,$height" --force-device-scale-factor=2 --screenshot="$picture"
