export { placePods, type Pod } from './pods'
