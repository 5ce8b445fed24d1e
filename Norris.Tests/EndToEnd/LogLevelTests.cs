using System.Net;

namespace Norris.Tests.EndToEnd;

/// <summary>What a node writes to standard error, from the level on that it is told.</summary>
public sealed class LogLevelTests
{
    [StaticBinaryTheory]
    [InlineData("debug", true, true)]
    [InlineData("information", true, false)]
    [InlineData("warning", false, false)]
    public async Task It_writes_what_is_of_the_level_or_above(string level, bool hasInformation, bool hasDebug)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using NodeUnderTest node = NodeUnderTest.Start("alice", null, "--log-level", level);
        string address = await node.AddressAsync(limit.Token);
        await node.NextAsync("ready", limit.Token);
        using (var client = new HttpClient())
        {
            using HttpResponseMessage response = await client.GetAsync(new Uri($"http://{address}/nothing"), limit.Token);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }
        Assert.Equal(0, await node.LeaveAsync(limit.Token));
        string errors = await node.Errors;
        Assert.Equal(hasInformation, errors.Contains(" info: norris[1] in the view as ", StringComparison.Ordinal));
        Assert.Equal(hasInformation, errors.Contains(" info: norris[3] is Hosting now, and was Idle", StringComparison.Ordinal));
        Assert.Equal(hasDebug, errors.Contains(" dbug: norris.http[60] rejected a request from 127.0.0.1:", StringComparison.Ordinal));
        Assert.Equal(hasInformation, errors.Length > 0);
    }
}
