#!/bin/sh
# tkelog @VERSION@ in one file: this header, then a tar.gz of the program with its own Python. It unpacks itself once, to
# a directory of yours where programs may be run (TKELOG_HOME, ~/.cache, /var/tmp, /tmp, /dev/shm ...).
sum=@SUM@ need=@GLIBC@ machine=@MACHINE@ skip=@SKIP@

fail() { echo "tkelog: $*" >&2; exit 1; }

older() { # whether version $1 is less than $2
  [ "${1%%.*}" -lt "${2%%.*}" ] || { [ "${1%%.*}" -eq "${2%%.*}" ] && [ "${1#*.}" -lt "${2#*.}" ]; }
}

fits() {
  here=$(uname -m 2>/dev/null) || here=$machine
  [ "$here" = "$machine" ] || fail "this file is for $machine, and this machine is $here"
  libc=$(getconf GNU_LIBC_VERSION 2>/dev/null) || libc=
  libc=${libc#glibc }
  [ -n "$libc" ] || for ld in /lib*/ld-musl-*; do [ ! -e "$ld" ] || libc=musl; done
  case $libc in
    musl) fail "needs glibc $need or newer, and this system has musl; collect here (tkelog collect --print-script) and analyze elsewhere" ;;
    [0-9]*.[0-9]*) older "$(echo "$libc" | cut -d. -f1-2)" "$need" &&
      fail "needs glibc $need or newer, and this system has $libc; collect here (tkelog collect --print-script) and analyze elsewhere" ;;
  esac
}

runs() { # whether $1 can be made, is ours, and lets programs run
  (umask 077 && mkdir -p "$1") 2>/dev/null && [ -O "$1" ] && [ ! -L "$1" ] || return 1
  printf '#!/bin/sh\nexit 0\n' 2>/dev/null >"$1/.probe.$$" && chmod 700 "$1/.probe.$$" && "$1/.probe.$$" 2>/dev/null
  ran=$?
  rm -f "$1/.probe.$$"
  return $ran
}

start() { # its libraries are its own; what it starts gets the environment back (single_file.py)
  at=$1
  shift
  TKELOG_LD_LIBRARY_PATH=$LD_LIBRARY_PATH LD_LIBRARY_PATH=$at/_internal
  export TKELOG_LD_LIBRARY_PATH LD_LIBRARY_PATH
  exec "$at/tkelog" "$@"
}

user=$(id -u 2>/dev/null) || user=0
for base in "$TKELOG_HOME" "${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}/tkelog" "${TMPDIR:-/var/tmp}/tkelog-$user" \
  "/var/tmp/tkelog-$user" "/tmp/tkelog-$user" "${XDG_RUNTIME_DIR:-/run/user/$user}/tkelog" "/dev/shm/tkelog-$user" \
  /opt/tkelog /run/tkelog; do
  case $base in '' | /tkelog) continue ;; esac
  [ -x "$base/$sum/tkelog" ] && [ -O "$base/$sum" ] && start "$base/$sum" "$@"
done
fits
for base in "$TKELOG_HOME" "${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}/tkelog" "${TMPDIR:-/var/tmp}/tkelog-$user" \
  "/var/tmp/tkelog-$user" "/tmp/tkelog-$user" "${XDG_RUNTIME_DIR:-/run/user/$user}/tkelog" "/dev/shm/tkelog-$user" \
  /opt/tkelog /run/tkelog; do
  case $base in '' | /tkelog) continue ;; esac
  runs "$base" || continue
  new=$base/.new.$$
  trap 'rm -rf "$new"' EXIT HUP INT TERM
  (umask 077 && mkdir "$new") 2>/dev/null || continue
  tail -n "+$skip" "$0" | gzip -dc 2>/dev/null | tar -xf - -C "$new" 2>/dev/null || { rm -rf "$new"; continue; }
  mv "$new/tkelog" "$base/$sum" 2>/dev/null || [ -x "$base/$sum/tkelog" ] || { rm -rf "$new"; continue; }
  rm -rf "$new"
  trap - EXIT HUP INT TERM
  start "$base/$sum" "$@"
done
fail "found no directory with 60 MB where programs may be run: name one with TKELOG_HOME=DIR"
