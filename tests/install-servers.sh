#!/bin/sh
# 部署测试要用的 PostgreSQL、nginx 和 faketime；已经有了就什么也不做。
set -eu
here=$(dirname "$0")
missing=""
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || missing="postgresql"
[ -x /usr/sbin/nginx ] || missing="$missing nginx-light"
command -v faketime >/dev/null 2>&1 || missing="$missing faketime"
[ -z "$missing" ] || "$here/apt-install.sh" $missing
