export { anotherPod, placePods, type Pod } from './pods'
