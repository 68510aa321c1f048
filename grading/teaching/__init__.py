"""Cases to learn from, and a quiz of them.

In: invented cases of `reference_tables/teaching_cases.toml`. Out: graded cases, questions, marked answers.
"""
