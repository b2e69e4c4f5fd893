import { countsOf, markArrival, type Shape } from '../../bench/shape';

const tree: Shape = ['local', ['local', ['local', 'remote'], 'local'], 'local'];

test('a shape counts the activities and runs of the whole tree', () => {
  expect(countsOf(tree)).toEqual({ workflows: 3, local: 5, remote: 1 });
});

test('the local activity that arrives is found by its place in the order of execution', () => {
  expect(markArrival(tree, 4)).toEqual(['local', ['local', ['local', 'remote'], 'arrived'], 'local']);
  expect(markArrival(tree, 1)).toEqual(['arrived', ['local', ['local', 'remote'], 'local'], 'local']);
});

test('marking changes no numbers', () => {
  expect(countsOf(markArrival(tree, 3))).toEqual(countsOf(tree));
});
