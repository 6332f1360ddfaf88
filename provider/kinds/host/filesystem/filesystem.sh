# File systems on devices. blkid's low-level probe (-p) looks at the device itself and not into a cache.

# probe DEVICE NAME: a value of what is on the device; nothing when there is none.
probe() { blkid -p -o value -s "$2" -- "$1" 2>/dev/null || :; }

# holds DEVICE: says what is on the device; nothing when it is blank.
holds() {
  _type=$(probe "$1" TYPE)
  if [ "$_type" ]; then
    echo "$_type"
    return 0
  fi
  _table=$(probe "$1" PTTYPE)
  if [ "$_table" ]; then
    echo "a partition table ($_table)"
    return 0
  fi
  # 8 is "ambivalent": several things at once.
  _code=0
  blkid -p -- "$1" >/dev/null 2>&1 || _code=$?
  if [ "$_code" = 8 ]; then echo 'several things at once'; return 0; fi
  if command -v wipefs >/dev/null && [ "$(wipefs --noheadings --parsable -- "$1" 2>/dev/null | head -n 1)" ]; then
    echo 'something that wipefs knows'
    return 0
  fi
  # Raw data has no signature. File systems and databases begin within the first MiB. What cannot be read is not blank.
  if ! head -c 1048576 <"$1" >"$in/first" 2>/dev/null || [ ! -s "$in/first" ]; then
    echo 'what cannot be read'
  elif [ "$(tr -d '\000' <"$in/first" | head -c 1 | wc -c)" -gt 0 ]; then
    echo 'data without a signature'
  fi
  rm -f "$in/first"
}

# need_device DEVICE: it has to be there, whole, and free.
need_device() {
  [ -e "$1" ] || fail "device is $1: there is no such device on this host"
  [ -b "$1" ] || fail "device is $1: it is not a block device"
}

need_blank() {
  _real=$(readlink -f -- "$1")
  for _holder in "/sys/class/block/${_real##*/}/holders/"*; do
    if [ -e "$_holder" ]; then fail "device is $1: ${_holder##*/} uses it already"; fi
  done
  for _part in "/sys/class/block/${_real##*/}/${_real##*/}"*; do
    if [ -e "$_part" ]; then fail "device is $1: it has partitions, name one of them"; fi
  done
  if awk -v device="$_real" '$1 == device { found = 1 } END { exit !found }' /proc/self/mounts /proc/swaps; then
    fail "device is $1: it is in use"
  fi
  _held=$(holds "$1")
  [ -z "$_held" ] || fail "device is $1: it holds $_held and is left alone; if that is to go, wipe it yourself (wipefs -a $1) and run this again"
}

# make_filesystem DEVICE TYPE LABEL [OPTION...]: on a blank device.
make_filesystem() {
  _device=$1 _type=$2 _label=$3
  shift 3
  command -v "mkfs.$_type" >/dev/null || fail "there is no mkfs.$_type on this host: install its package (ext4: e2fsprogs, xfs: xfsprogs, btrfs: btrfs-progs)"
  case $_type in
    ext4) mkfs.ext4 -q -L "$_label" "$@" -- "$_device" ;;
    xfs) mkfs.xfs -q -L "$_label" "$@" -- "$_device" ;;
    btrfs) mkfs.btrfs -q -L "$_label" "$@" -- "$_device" ;;
  esac >"$in/said" 2>&1 </dev/null || fail "mkfs.$_type refused: $(tail -n 5 "$in/said")"
  if command -v udevadm >/dev/null; then udevadm settle --timeout=10 2>/dev/null || :; fi
}

# relabel DEVICE TYPE LABEL
relabel() {
  case $2 in
    ext4) e2label "$1" "$3" ;;
    xfs) xfs_admin -L "$3" "$1" ;;
    btrfs) btrfs filesystem label "$1" "$3" ;;
  esac >"$in/said" 2>&1 </dev/null || fail "label is $3: $(tail -n 3 "$in/said")"
}
