-- Nothing for a database that was made by this chain.

-- code.c: tables that are older than the chain and have no primary key get one.
