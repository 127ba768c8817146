import { computed, type ComputedRef } from 'vue'

import { useKeymap } from '#renderer/composables/useKeymap'
import { useCanvasStore } from '#renderer/stores/canvas'
import { useSelectionStore } from '#renderer/stores/selection'
import { useLabEdits } from '#renderer/stores/useLabEdits'
import { useLabFile } from '#renderer/stores/useLabFile'
import type { MenuCommand, MenuVerb } from '#shared/contract/menu'

import type { WindowLayout } from './useWindowLayout'
import type { RunControl } from './useRunControl'

/** What the window can be told to do by keys, its menus and the system's menu. */
export interface Command {
  readonly label: string
  readonly keys: readonly string[]
  readonly inText?: boolean
  readonly run: () => void
}

/** The commands of the window by name. */
export type Commands = Readonly<Record<CommandName, Command>>

type CommandName =
  | 'create' | 'createFromExample' | 'open' | 'save' | 'saveAs' | 'undo' | 'redo'
  | 'find' | 'run' | 'stop' | 'design' | 'results' | 'packets' | 'policies' | 'controlPlane' | 'palette' | 'inspector' | 'panels' | 'outline' | 'text' | 'picture' | 'clusterExport' | 'generate' | 'failures' | 'guide' | 'tour' | 'problems' | 'help'

/** What `useCommands` is given. */
export interface CommandOptions {
  readonly layout: WindowLayout
  readonly control: RunControl
  readonly showHelp: () => void
  readonly showFind: () => void
  readonly showPicture: () => void
  readonly showClusterExport: () => void
  readonly showGenerate: () => void
  readonly showTour: () => void
  readonly showFailures: () => void
}

/** The commands of the window, bound to their keys; and what carries out items of the system's menu. */
export function useCommands({ layout, control, showHelp, showFind, showPicture, showClusterExport, showGenerate, showTour, showFailures }: CommandOptions): {
  readonly commands: Commands
  readonly runMenuCommand: (command: MenuCommand) => void
  readonly shortcuts: ComputedRef<readonly Command[]>
} {
  const file = useLabFile()
  const edits = useLabEdits()
  const canvas = useCanvasStore()
  const selection = useSelectionStore()

  const commands: Commands = {
    create: { label: 'New lab', keys: ['Mod+N'], inText: true, run: () => void file.create('empty') },
    createFromExample: { label: 'New from example', keys: ['Mod+Shift+N'], inText: true, run: () => void file.create('example') },
    open: { label: 'Open…', keys: ['Mod+O'], inText: true, run: () => void file.open() },
    save: { label: 'Save', keys: ['Mod+S'], inText: true, run: () => void file.save(false) },
    saveAs: { label: 'Save as…', keys: ['Mod+Shift+S'], inText: true, run: () => void file.save(true) },
    picture: { label: 'Picture of the canvas…', keys: ['Mod+E'], inText: true, run: showPicture },
    clusterExport: { label: 'Export for a real cluster…', keys: ['Mod+Shift+E'], inText: true, run: showClusterExport },
    generate: { label: 'Templates and generator…', keys: ['Mod+Alt+N'], inText: true, run: showGenerate },
    failures: { label: 'Failure labs…', keys: ['Mod+Alt+L'], inText: true, run: showFailures },
    undo: { label: 'Undo', keys: ['Mod+Z'], run: () => edits.undo() },
    redo: { label: 'Redo', keys: ['Mod+Shift+Z', 'Mod+Y'], run: () => edits.redo() },
    find: { label: 'Find, and commands', keys: ['Mod+K', 'Mod+F', 'Mod+Shift+P'], inText: true, run: showFind },
    run: { label: 'Run all variants', keys: ['F5'], inText: true, run: () => void control.run() },
    stop: { label: 'Stop the run', keys: ['Shift+F5'], inText: true, run: control.stop },
    design: { label: 'Show the design', keys: ['Alt+1', 'Mod+1'], inText: true, run: () => (layout.centre.value = 'design') },
    results: { label: 'Show the results', keys: ['Alt+2', 'Mod+2'], inText: true, run: () => (layout.centre.value = 'results') },
    packets: { label: 'Follow a packet', keys: ['Alt+3', 'Mod+3'], inText: true, run: () => (layout.centre.value = 'packets') },
    policies: { label: 'Show who may connect to whom', keys: ['Alt+4', 'Mod+4'], inText: true, run: () => (layout.centre.value = 'policies') },
    controlPlane: { label: 'Show the control plane', keys: ['Alt+5', 'Mod+5'], inText: true, run: () => (layout.centre.value = 'control-plane') },
    palette: { label: 'Palette', keys: ['Mod+B'], inText: true, run: () => (layout.palette.value = !layout.palette.value) },
    inspector: { label: 'Inspector', keys: ['Mod+I'], inText: true, run: () => (layout.inspector.value = !layout.inspector.value) },
    panels: { label: 'Panels', keys: ['Mod+J'], inText: true, run: () => (layout.dock.value = !layout.dock.value) },
    outline: { label: 'Outline', keys: ['Mod+Shift+O'], inText: true, run: () => layout.showLeft('outline') },
    text: { label: 'YAML', keys: ['Mod+Shift+Y'], inText: true, run: () => (layout.text.value = !layout.text.value) },
    guide: { label: 'Page of the lab', keys: ['Mod+Alt+G'], inText: true, run: () => (layout.guide.value = !layout.guide.value) },
    problems: { label: 'Show problems', keys: ['Mod+Shift+M'], inText: true, run: () => layout.showDock('problems') },
    tour: { label: 'Tour of the app', keys: [], run: showTour },
    help: { label: 'Keyboard shortcuts', keys: ['?'], run: showHelp },
  }

  useKeymap(() => Object.values(commands))

  const verbs: Readonly<Record<MenuVerb, () => void>> = {
    new: commands.create.run,
    newFromExample: commands.createFromExample.run,
    open: commands.open.run,
    save: commands.save.run,
    saveAs: commands.saveAs.run,
    exportForCluster: commands.clusterExport.run,
    undo: commands.undo.run,
    redo: commands.redo.run,
    delete: () => edits.remove(selection.ids),
    selectAll: () => selection.select(canvas.verbs?.all() ?? []),
    design: commands.design.run,
    results: commands.results.run,
    packets: commands.packets.run,
    policies: commands.policies.run,
    controlPlane: commands.controlPlane.run,
    zoomIn: () => canvas.verbs?.zoomIn(),
    zoomOut: () => canvas.verbs?.zoomOut(),
    zoomActualSize: () => canvas.verbs?.zoomActualSize(),
    zoomToFit: () => canvas.verbs?.fit(),
    run: commands.run.run,
    stop: commands.stop.run,
  }

  function runMenuCommand(command: MenuCommand): void {
    if (command.verb === 'openRecent') void file.openAt(command.path)
    else verbs[command.verb]()
  }

  return { commands, runMenuCommand, shortcuts: computed(() => Object.values(commands)) }
}
