using System.Globalization;
using System.Text.Json;

namespace Norris.Tests.Node;

/// <summary>What must hold of the events that any node delivers.</summary>
internal static class Order
{
    public static IEnumerable<string> Texts(IEnumerable<JsonElement> events) =>
        events.Where(each => each.GetProperty("type").GetString() == "message").Select(each => each.GetProperty("text").GetString()!);

    public static DateTimeOffset Time(JsonElement one) =>
        DateTimeOffset.Parse(one.GetProperty("time").GetString()!, CultureInfo.InvariantCulture);

    public static void AssertContiguous(IReadOnlyList<JsonElement> events)
    {
        for (int i = 1; i < events.Count; i++)
        {
            Assert.Equal(events[i - 1].GetProperty("seq").GetUInt64() + 1, events[i].GetProperty("seq").GetUInt64());
        }
    }

    public static void AssertTimesNeverDecrease(IReadOnlyList<JsonElement> events)
    {
        for (int i = 1; i < events.Count; i++)
        {
            Assert.True(Time(events[i - 1]) <= Time(events[i]), $"{events[i - 1]} is later than {events[i]}");
        }
    }
}
