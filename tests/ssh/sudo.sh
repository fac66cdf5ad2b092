#!/bin/sh
# Stands in for sudo: asks for a password on standard input, reads it byte by byte, three times at most.
here=$(dirname "$(dirname "$0")")
say() { echo "$*" >>"$here/sudo.log"; }
password=raspberry
[ ! -e "$here/password" ] || read -r password <"$here/password"
n= s=
while :; do
  case $1 in
  -n) n=1 ;;
  -S) s=1 ;;
  -k) ;;
  -p) shift ;;
  *) break ;;
  esac
  shift
done
if [ ! -e "$here/nopasswd" ]; then
  [ -z "$n" ] || { echo 'sudo: a password is required' >&2; exit 1; }
  [ -n "$s" ] || { echo 'sudo: a terminal is required to read the password' >&2; exit 1; }
  say asked
  echo 'We trust you have received the usual lecture. With great power comes great responsibility.' >&2
  tries=0
  while :; do
    IFS= read -r word || { echo 'sudo: no password was provided' >&2; exit 1; }
    [ "$word" != "$password" ] || break
    say wrong
    tries=$((tries + 1))
    [ "$tries" -lt 3 ] || { echo 'sudo: 3 incorrect password attempts' >&2; exit 1; }
    echo 'Sorry, try again.' >&2
  done
fi
say "as root: $*"
exec "$@"
