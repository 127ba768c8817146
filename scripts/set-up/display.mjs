import { readFileSync } from 'node:fs'

/** Whether a window could be shown. */
export function hasDisplay() {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
}

/**
 * Switches that Electron needs for its own sake on this machine. Its sandbox refuses to run as root, and can't where
 * the system keeps ordinary users from making user namespaces and the binary is not installed by a package.
 * @returns {string[]}
 */
export function electronSwitches() {
  return process.platform === 'linux' && (process.getuid?.() === 0 || namespacesAreRestricted())
    ? ['--no-sandbox']
    : []
}

function namespacesAreRestricted() {
  const settings = {
    '/proc/sys/kernel/apparmor_restrict_unprivileged_userns': '1',
    '/proc/sys/kernel/unprivileged_userns_clone': '0',
  }
  return Object.entries(settings).some(([file, restricted]) => {
    try {
      return readFileSync(file, 'utf8').trim() === restricted
    } catch {
      return false
    }
  })
}
