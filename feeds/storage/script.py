"""What Redis does by itself, so that nobody can come between its steps. In Lua."""

from typing import Final

# Notes in the hash KEYS[1] that the lease ARGV[1] is held with the fence ARGV[2], unless it knows of a higher one.
CLAIM: Final = """
local highest = tonumber(redis.call('HGET', KEYS[1], ARGV[1]))
if not highest or highest < tonumber(ARGV[2]) then redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) end
"""

# Writes KEYS[1] unless it holds a value of a higher (fence, version), or the hash KEYS[2] knows of a higher fence of
# the writer's lease: a worker that lost it and wakes up late writes nothing, whether or not its successor has written
# that key. What is no such value may be overwritten. The write is a claim as well: a server that was away at the
# holder's start hears of it here.
# ARGV: fence, version, the value, for how many seconds; then the lease and its fence, or neither for a mere copy.
WRITE_IF_NEWER: Final = """
local fence, version = tonumber(ARGV[1]), tonumber(ARGV[2])
local lease, claimed = ARGV[5], tonumber(ARGV[6])
local highest = lease and tonumber(redis.call('HGET', KEYS[2], lease))
if highest and highest > claimed then return 0 end
if lease and highest ~= claimed then redis.call('HSET', KEYS[2], lease, claimed) end
local is_json, value = pcall(cjson.decode, redis.pcall('GET', KEYS[1]))
if is_json and type(value) == 'table' and type(value.fence) == 'number' and type(value.version) == 'number' then
  if value.fence > fence or (value.fence == fence and value.version > version) then return 0 end
end
redis.call('SET', KEYS[1], ARGV[3], 'EX', ARGV[4])
return 1
"""

# Adds every argument but the first one to the stream KEYS[1], each as an entry whose only field has the first one's
# name. One call and one answer for a whole batch: of ten thousand XADDs a second, those cost us more than the rest.
APPEND: Final = """
for i = 2, #ARGV do redis.call('XADD', KEYS[1], '*', ARGV[1], ARGV[i]) end
"""

# Sets the field ARGV[1] of the hash KEYS[1] to ARGV[2], with this server's milliseconds before it, and drops what is
# older than ARGV[3] milliseconds: a process that was killed drops nothing itself. The last of them end with the hash.
TELL_CLIENTS: Final = """
local time = redis.call('TIME')
local now, kept = time[1] * 1000 + math.floor(time[2] / 1000), tonumber(ARGV[3])
local told = redis.call('HGETALL', KEYS[1])
for i = 1, #told, 2 do
  local at = tonumber(string.match(told[i + 1], '^%d+ ')) or 0
  if at < now - kept then redis.call('HDEL', KEYS[1], told[i]) end
end
redis.call('HSET', KEYS[1], ARGV[1], string.format('%d ', now) .. ARGV[2])
redis.call('PEXPIRE', KEYS[1], kept)
"""

# Spends ARGV[3] of at most ARGV[1] in any ARGV[2] milliseconds, unless KEYS[2] says to leave the venue alone.
# Members of the set are "cost number", scored by this server's clock, which is the same one for all workers.
# Answers the milliseconds to wait, 0 when it is spent.
SPEND: Final = """
local cooling = redis.call('PTTL', KEYS[2])
if cooling > 0 then return cooling end
local most, within, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - within)
local spent = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
local sum = cost
for i = 1, #spent, 2 do sum = sum + tonumber(string.match(spent[i], '^%d+')) end
for i = 1, #spent, 2 do
  if sum <= most then break end
  sum = sum - tonumber(string.match(spent[i], '^%d+'))
  if sum <= most then return math.max(1, spent[i + 1] + within - now) end
end
if sum > most and #spent > 0 then return within end
redis.call('ZADD', KEYS[1], now, cost .. ' ' .. time[1] .. time[2] .. ' ' .. #spent)
redis.call('PEXPIRE', KEYS[1], within)
return 0
"""

# Sets KEYS[1] to ARGV[2] for ARGV[1] milliseconds, unless it stays for longer anyway; the milliseconds that it stays.
COOL_OFF: Final = """
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[1]) end
return redis.call('PTTL', KEYS[1])
"""

# Adds to the hash KEYS[1] by how much each number of one process rose since the hash KEYS[2] of that process heard of
# it, which is kept for ARGV[1] seconds. ARGV: then field and number, again and again.
COUNT: Final = """
for i = 2, #ARGV, 2 do
  local known = tonumber(redis.call('HGET', KEYS[2], ARGV[i]) or 0)
  if tonumber(ARGV[i + 1]) > known then
    redis.call('HINCRBY', KEYS[1], ARGV[i], string.format('%.0f', ARGV[i + 1] - known))
    redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1])
  end
end
redis.call('EXPIRE', KEYS[2], ARGV[1])
"""
