# Containers of systemd-nspawn and their images, in /var/lib/machines.

machines=/var/lib/machines

# need_nspawn: fails on a host that cannot run containers.
need_nspawn() {
  [ "$(init_system)" = systemd ] || fail 'this host does not run systemd, which containers of systemd-nspawn need'
  command -v systemd-nspawn >/dev/null && command -v machinectl >/dev/null ||
    fail 'there is no systemd-nspawn here: install the package systemd-container'
}

# stage NAME: sets new to an empty place in which a tree is made, out of sight of machinectl.
stage() {
  [ -d "$machines" ] || (umask 077 && mkdir -p "$machines")
  new=$machines/.labwright-$1
  remove_tree "$new"
}

# remove_tree PATH: also when a mount was left in it, which is an error and not something to delete.
remove_tree() {
  [ -e "$1" ] || return 0
  _refuse_mounts "$1"
  rm -rf --one-file-system -- "$1"
}

# within TREE FOLDER: makes FOLDER of a tree the working directory; fails when a symbolic link leads out of it, as an image
# of somebody else's may have one.
within() {
  cd -P -- "$1" || return
  _real=$(pwd -P)
  cd -P -- "./$2" || return
  [ "$(pwd -P)" = "$_real/$2" ] || fail "$2 of the image is a symbolic link"
}

# own_identity TREE: what a machine must not share with another: its id, name and what Labwright knows of it.
own_identity() {
  (
    within "$1" etc
    rm -f machine-id hostname
    : >machine-id
    chmod 0444 machine-id
  )
  for _folder in var/lib/dbus:machine-id var/lib/systemd:random-seed var/lib:labwright; do
    [ -d "$1/${_folder%:*}" ] || continue
    (
      within "$1" "${_folder%:*}"
      rm -rf --one-file-system -- "./${_folder#*:}"
    )
  done
}

# note_image TREE NAME: says inside a tree what it is a clone of.
note_image() {
  (
    within "$1" var/lib
    mkdir -m 0755 labwright
    cd labwright
    printf '%s\n' "$2" >image
  )
}

# noted_image TREE: prints what note_image said; nothing when that cannot be told.
noted_image() {
  (
    within "$1" var/lib/labwright 2>/dev/null && [ -f image ] && [ ! -L image ] && head -n 1 image
  ) 2>/dev/null || :
}
