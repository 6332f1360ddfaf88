# Facts of a machine.

# give_id: an id for a machine that has none, such as Alpine without D-Bus.
give_id() {
  if machine_id >/dev/null; then return 0; fi
  mkdir -p -- "$state_folder"
  tr -d - </proc/sys/kernel/random/uuid >"$state_folder/machine-id.new"
  sync_file "$state_folder/machine-id.new"
  mv -f -- "$state_folder/machine-id.new" "$state_folder/machine-id"
  field given 1
}

# facts: one field each.
facts() {
  _id=$(machine_id) || fail 'this machine has no id in /etc/machine-id: run systemd-machine-id-setup, or pulumi up to give it one'
  field machineId "$_id"
  for _file in /etc/os-release /usr/lib/os-release; do
    if [ -r "$_file" ]; then
      field_file osRelease "$_file"
      break
    fi
  done
  field initSystem "$(init_system)"
  _manager=none
  for _candidate in apt-get:apt apk:apk dnf:dnf pacman:pacman; do
    if command -v "${_candidate%:*}" >/dev/null; then
      _manager=${_candidate#*:}
      break
    fi
  done
  field packageManager "$_manager"
  field hostname "$(uname -n)"
  field architecture "$(uname -m)"
}

# await_cloud_init: until it is done; its own words when it failed. 2 is its "done, with warnings" (cloud-init status).
await_cloud_init() {
  command -v cloud-init >/dev/null || return 0
  _code=0
  cloud-init status --wait >/dev/null 2>&1 || _code=$?
  case $_code in
    0) ;;
    2) field warning "$(cloud-init status --long 2>&1 | sed -n '/[Ee]rrors:/,$p' | head -n 20)" ;;
    *)
      {
        cloud-init status --long 2>&1 | grep -v '^boot_status_code' | head -n 30
        grep -h -E '(ERROR|CRITICAL|WARNING)|^[A-Za-z.]*(Error|Exception):' /var/log/cloud-init.log 2>/dev/null | tail -n 8
      } >&2
      fail 'cloud-init failed on this machine, see /var/log/cloud-init-output.log there; repair it and run cloud-init again, or set waitForCloudInit to false'
      ;;
  esac
}
