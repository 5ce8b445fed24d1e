using System.Globalization;
using Xunit.Abstractions;

namespace Norris.Tests.Scale;

/// <summary>Networks of more members than anybody starts by hand.</summary>
public sealed class ScaleTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(10, 64, 9)]
    [InlineData(100, 8, 8)]
    [InlineData(200, 64, 64)]
    public void The_host_sends_a_message_as_often_as_it_has_followers_of_its_own(int members, int fanOut, int followers)
    {
        ScaleRun run = ScaleRun.Play(members, fanOut, messages: 20);
        output.WriteLine(run.ToString());
        Assert.Equal(followers, run.Followers);
        // To each follower the message and, once all have it, that it may be shown; to its author the answer.
        Assert.InRange(run.PerMessage.Sends, followers, (2 * followers) + 3);
    }

    [Fact]
    public void Measure_scale()
    {
        string sizes = Environment.GetEnvironmentVariable("NORRIS_SCALE") ?? "3";
        int fanOut = int.Parse(Environment.GetEnvironmentVariable("NORRIS_FAN_OUT") ?? "64", CultureInfo.InvariantCulture);
        foreach (string size in sizes.Split(','))
        {
            ScaleRun run = ScaleRun.Play(int.Parse(size, CultureInfo.InvariantCulture), fanOut, messages: 20);
            output.WriteLine($"{run} played at {run.PlayedMicrosecondsPerMessage:F0} us a message");
        }
    }
}
