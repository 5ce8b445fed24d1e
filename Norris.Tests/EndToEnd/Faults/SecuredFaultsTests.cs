using Norris.Load.Faults;

namespace Norris.Tests.EndToEnd.Faults;

/// <summary>The same faults where there is a secret: whoever takes over, comes back or meets others again has to prove who it is, and is let in.</summary>
[Collection(Company.Collection)]
public sealed class SecuredFaultsTests : IDisposable
{
    private readonly string _secret = Path.GetTempFileName();

    public SecuredFaultsTests() => File.WriteAllText(_secret, "a secret of this company\n");

    private string[] Arguments => ["--secret-file", _secret];

    public void Dispose() => File.Delete(_secret);

    [StaticBinaryFact]
    public async Task A_host_that_is_killed_amid_the_talk_is_replaced()
    {
        await using Company company = await Company.StartAsync(5, null, Arguments);
        await company.KillHostAmidTalkAsync();
        await company.AssertAsPromisedAsync();
        Assert.Matches("^host n[1-4], left n0 lost$", Assert.Single(company.Some(1, 2, 3, 4).Select(static node => string.Join(", ", node.Journey[^2..].Order())).Distinct()));
    }

    [StaticBinaryFact]
    public async Task A_host_that_is_stopped_comes_back_as_itself()
    {
        await using Company company = await Company.StartAsync(3, null, Arguments);
        string itself = (await company[0].SeesAsync("ready", company.Limit)).GetProperty("member").GetString()!;
        await company.TalkAsync(0, 1, 2);
        company[0].Stop();
        await company.AllSeeAsync([1, 2], "left", "n0");
        await company.TalkAsync(1, 2);

        company[0].Continue();
        Assert.All(await company.AllSeeAsync([1, 2], "joined", "n0"), joined => Assert.Equal(itself, joined.GetProperty("member").GetString()));
        await company.AssertAsPromisedAsync();
    }

    [ApartFact]
    public async Task Sides_that_meet_again_are_one_network()
    {
        await using Company company = await Company.StartApartAsync(3, Arguments);
        await company.TalkAsync(0, 1, 2);
        company[0].Fate = NodeFate.CameBack;
        company.Network.Split([0], [1, 2]);
        await company.AllSeeAsync([1, 2], "host", "n1");
        await company.AllSeeAsync([0], "left", "n2");
        await company.TalkAsync(1, 2);
        await company.TalkAsync(0);

        company.Network.Heal();
        await company.AllSeeAsync([1, 2], "joined", "n0");
        await company.AssertAsPromisedAsync();
    }
}
