import path from 'node:path'

import { app, ipcMain, nativeTheme, session as sessions } from 'electron'

import { checkDocument } from '#main/documents/check-document'
import { DocumentSession } from '#main/documents/document-session'
import { DraftStore } from '#main/documents/draft-store'
import { RecentDocuments } from '#main/documents/recent-documents'
import { labEventSender } from '#main/ipc/send-lab-event'
import { serveLabApi } from '#main/ipc/serve-lab-api'
import { createExecutor, defaultWorkers } from '#main/pool/create-executor'
import { QuestionThread } from '#main/pool/question-thread'
import { ReachThread } from '#main/pool/reach-thread'
import { Captures } from '#main/runs/captures'
import { RunService } from '#main/runs/run-service'
import { RunStore } from '#main/runs/run-store'
import type { QuestionKind, WorkDone } from '#shared/contract/question-progress'

import { registerAppScheme, serveAppProtocol } from './app-protocol'
import { captureHandlers } from './capture-handlers'
import { clusterExportHandlers } from './cluster-export-handlers'
import { comparisonHandlers } from './comparison-handlers'
import { guardClosing } from './closing'
import { controlPlaneHandlers } from './control-plane-handlers'
import { reloadAfterCrash } from './crash-recovery'
import { labHandlers } from './lab-handlers'
import { comesFromPage, lockDown } from './lock-down'
import { log } from './log'
import { setUpMenu } from './menu'
import { receiveOpenRequests } from './open-requests'
import { pageUrl } from './page-file'
import { reachHandlers } from './reach-handlers'
import { requestedFile } from './requested-file'
import { runHandlers } from './run-handlers'
import { SettingsStore } from './settings'
import { templateReader } from './templates'
import { traceHandlers } from './trace-handlers'
import { createWindow, showDocumentState } from './window'
import { windowDialogs } from './window-dialogs'
import { windowStateFile } from './window-state'

const outFolder = path.join(app.getAppPath(), 'out')
const inUserData = (name: string): string => path.join(app.getPath('userData'), name)

// Schemes can only be registered before the app is ready.
registerAppScheme()

// One process per user: two would overwrite each other's draft. The first one opens what the second was asked for.
if (app.requestSingleInstanceLock()) {
  app.on('window-all-closed', () => app.quit())
  app.whenReady().then(start).catch(fail)
} else {
  app.quit()
}

/** Sets up the app, in an order in which nothing is reached before it works. */
async function start(): Promise<void> {
  const settings = new SettingsStore(inUserData('settings.json'))
  const recent = new RecentDocuments(inUserData('recent.json'))
  const stateFile = windowStateFile(inUserData('window.json'))
  const [state] = await Promise.all([stateFile.read(), settings.load(), recent.load()])

  // The theme comes before the window, whose first paint has its background.
  settings.observe(({ theme }) => {
    nativeTheme.themeSource = theme
  })

  // Before there is a page that could misbehave.
  lockDown(app, sessions.defaultSession, log)
  serveAppProtocol(path.join(outFolder, 'renderer'))

  const window = createWindow(state, app.getAppPath())
  const send = labEventSender(window.webContents)
  const dialogs = windowDialogs(window, app.getPath('documents'))
  const refreshMenu = setUpMenu({ send, settings, recent })
  const session = new DocumentSession({
    dialogs,
    recent,
    drafts: new DraftStore(inUserData('draft.json')),
    check: checkDocument,
    readTemplate: templateReader(path.join(app.getAppPath(), 'resources')),
    now: () => new Date(),
    onChange: ({ name, path: file, edited }) => {
      showDocumentState(window, name, file, edited)
      refreshMenu()
    },
  })
  const simulationTask = path.join(outFolder, 'main', 'simulation-task.js')
  const captures = new Captures(new QuestionThread(simulationTask, 60_000))
  const runs = new RunService({
    executor: await createExecutor(path.join(outFolder, 'main'), defaultWorkers(true)),
    store: new RunStore(inUserData('runs')),
    captures,
    now: () => performance.now(),
    today: () => new Date(),
    onProgress: (progress) => send('runProgress', progress),
    onFinished: (finished) => send('runFinished', finished),
  })
  const beforeClose = (): Promise<void> => runs.stopCurrent()
  const closeWindow = guardClosing({ app, window, session, send, stateFile, beforeClose })
  const progressOf = (question: QuestionKind) => (done: WorkDone) => send('questionProgress', { question, ...done })
  const requested = requestedFile(process.argv, process.cwd())
  const handlers = {
    ...labHandlers({ app, settings, session, recent, dialogs, requested, closeWindow }),
    ...clusterExportHandlers(dialogs, () => session.state.path),
    ...runHandlers(runs, () => session.state.path),
    ...comparisonHandlers(runs, new QuestionThread(simulationTask, 60_000), progressOf('comparison')),
    ...reachHandlers(new ReachThread(simulationTask), () => session.state.path, progressOf('policies')),
    ...controlPlaneHandlers(new QuestionThread(simulationTask, 300_000), () => session.state.path, progressOf('control-plane')),
    ...captureHandlers({ captures, labFile: () => session.state.path, place: { platform: process.platform, searched: process.env['PATH'] ?? '' } }),
    ...traceHandlers(new QuestionThread(simulationTask, 60_000), () => session.state.path),
  }

  // Calls are served before the page loads, so that its first call finds an answer.
  serveLabApi({ ipcMain, handlers, isTrusted: comesFromPage, log })
  settings.observe((changed) => send('settingsChanged', changed))
  receiveOpenRequests(app, window, send)
  reloadAfterCrash(app, window, log)
  await window.loadURL(pageUrl).catch((error: unknown) => {
    // Closed while it was loading: nothing is wrong.
    if (!window.isDestroyed()) throw error
  })
}

/** A start that fails has no window to say so in. */
function fail(error: unknown): void {
  log(error instanceof Error ? (error.stack ?? error.message) : String(error))
  app.exit(1)
}
