# What a run changed, or without k_key all that is there: both lists of the run, the list as it is now, and the
# contents of what changed, each line behind a bar. Keys stay here: no file of that name is read, and what looks
# like one within another file is taken out.
k_of=
[ -z "$k_key" ] || k_of=$k_base/run/r-$k_key
if [ -n "$k_of" ]; then
  [ -e "$k_of.now" ] || exit 3
  echo =was
  cat "$k_of.was"
  echo =now
  cat "$k_of.now"
fi
echo =here
k_here=$(k_list)
printf '%s\n' "$k_here"
k_new() {
  if [ -n "$k_of" ]; then
    grep -vxF -f "$k_of.was" "$k_of.now"
  else
    printf '%s\n' "$k_here"
  fi
}
k_q="[\"']\\{0,1\\}"
k_new | while read -r k_kind k_rest; do
  case $k_kind in
  f) k_path=${k_rest#* * * * } ;;
  l | d | end) continue ;;
  *) k_path=$k_rest ;;
  esac
  case $k_path in
  *.crt | *.pub | *.pem | *.csr | *.conf | *.conflist | *.yaml | *.yml | *.json | *.env) ;;
  *) continue ;;
  esac
  [ -f "${k_root-}/$k_path" ] || continue
  echo "=file $k_path"
  head -c @MOST@ "${k_root-}/$k_path" | sed -e '/-----BEGIN .*PRIVATE KEY/,/-----END .*PRIVATE KEY/d' \
    -e "s/\\(client-key-data$k_q *: *\\).*/\\1@MASK@/" -e "s/\\(token$k_q *: *\\).*/\\1@MASK@/" \
    -e "s/\\(password$k_q *: *\\).*/\\1@MASK@/" -e 's/^/|/'
  echo
done
echo =end
