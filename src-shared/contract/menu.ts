/** Menu items that the window carries out. Items the system carries out (copy, quit, full screen) are not here. */
export type MenuVerb =
  | 'new'
  | 'newFromExample'
  | 'open'
  | 'save'
  | 'saveAs'
  | 'exportForCluster'
  | 'undo'
  | 'redo'
  | 'delete'
  | 'selectAll'
  | 'design'
  | 'results'
  | 'packets'
  | 'policies'
  | 'controlPlane'
  | 'zoomIn'
  | 'zoomOut'
  | 'zoomActualSize'
  | 'zoomToFit'
  | 'run'
  | 'stop'

/** What a menu item asks the window to do. */
export type MenuCommand = { readonly verb: MenuVerb } | { readonly verb: 'openRecent'; readonly path: string }
