USE nope;
