import { contextBridge, ipcRenderer, webUtils } from 'electron'

import { callChannel, eventChannel, isLabEventName, labCallNames } from '#shared/contract/channels'
import type { LabBridge } from '#shared/contract/lab-api'

const calls = Object.fromEntries(
  labCallNames.map((name) => [name, (parameters: unknown) => ipcRenderer.invoke(callChannel(name), parameters)]),
) as Omit<LabBridge, 'on' | 'pathOfFile'>

const bridge: LabBridge = {
  ...calls,
  on(name, listener) {
    if (!isLabEventName(name)) throw new TypeError(`no such event: ${String(name)}`)
    const channel = eventChannel(name)
    const forward = (_event: unknown, payload: Parameters<typeof listener>[0]): void => listener(payload)
    ipcRenderer.on(channel, forward)
    return () => {
      ipcRenderer.off(channel, forward)
    }
  },
  pathOfFile: (file) => webUtils.getPathForFile(file as File),
}

contextBridge.exposeInMainWorld('lab', bridge)
