import { designFindings, placeFindings, type CheckedLab, type LabDocument, type Problem } from '#shared/lab/index'

/** The problems of a checked lab together with what its design will not do; a lab with errors has those alone. */
export function checkDesign(document: LabDocument | undefined, { problems, lab }: CheckedLab): readonly Problem[] {
  if (document === undefined || lab === undefined) return problems
  return [...problems, ...placeFindings(document, designFindings(lab))].toSorted((a, b) => a.line - b.line)
}
