"""A folder of parts graded part by part, each where it lies: in go a folder and a job, out come a folder of the same
layout and one manifest. Any worker grades a part, by the run that grades a file."""
