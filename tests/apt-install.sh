#!/bin/sh
# 用 apt-get 安装系统软件包；不是 root 时通过 sudo。
set -eu
if [ "$(id -u)" -eq 0 ]; then run=""; else run="sudo"; fi
export DEBIAN_FRONTEND=noninteractive
$run apt-get update -qq
$run apt-get install -y -qq --no-install-recommends "$@" >/dev/null
