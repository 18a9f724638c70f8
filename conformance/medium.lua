-- SPDX-License-Identifier: MIT
-- Not a case: finds out whether calls of the subject reach somebody on this medium. `condis verify`
-- runs it for each medium until one expectation comes true.
local client = subject 'root'
local listener = peer('far'):listen '@far'
local heard = spawn(function()
    return pcall(listener.offer, listener, 5000)
end)
local calls = spawn(function()
    return (status_of(client.call, client, '@far'))
end)
local got, offer = heard:join()
expect(got, 'the call is heard')
offer:reject()
calls:join()
