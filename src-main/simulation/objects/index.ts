export { errorsOf, objectErrors, refusalFindings } from './check-objects'
