export { comparisonFacts } from './comparison-facts'
