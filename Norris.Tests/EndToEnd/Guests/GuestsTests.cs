namespace Norris.Tests.EndToEnd.Guests;

/// <summary>Three machines, each with the one file and nothing else, in software emulation where there is nothing better.</summary>
[Collection(Faults.Company.Collection)]
public sealed class GuestsTests
{
    [GuestsFact]
    public async Task Three_machines_chat_and_go_on_when_the_host_is_switched_off_in_a_storm()
    {
        await using var room = new MachineRoom();
        // The second one's clock is an hour ahead: that disturbs nobody.
        await room.DoAsync("start", "3", "--skew", "2=3600", "--", "--timeout", "5s");
        await room.DoAsync("say", "1", "hello, all of you");
        await room.DoAsync("hear", "<guest1> hello, all of you");
        await room.DoAsync("settle");
        Dictionary<int, (string Position, bool IsHost)> before = await room.LookAsync();
        int host = Assert.Single(before, static each => each.Value.IsHost).Key;

        string stormed = await room.DoAsync("load", "--spare", $"{host}", "--nodes", "4", "--messages", "40", "--at-half", $"\"{GuestsFactAttribute.Root}/scripts/guests/fault\" {host} off");

        Assert.Contains("160 messages of 128 bytes each", stormed, StringComparison.Ordinal);
        await room.DoAsync("settle");
        Dictionary<int, (string Position, bool IsHost)> after = await room.LookAsync();
        Assert.Equal([.. new[] { 1, 2, 3 }.Where(guest => guest != host)], after.Keys.Order());
        Assert.Single(after.Values.Select(static each => each.Position).Distinct());
        Assert.Single(after, static each => each.Value.IsHost);

        await room.DoAsync("boot", $"{host}");
        await room.DoAsync("wait", "3");
    }
}
