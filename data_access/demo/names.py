"""Fictional names. Data has one column for a name, so a name is written in both languages, Chinese first."""

from __future__ import annotations

import numpy as np

REGIONS = ("江北 North", "江东 East", "湖南岸 South Shore", "城西 West")
CITIES = ("澜湾 Lanwan", "青屿 Qingyu", "望川 Wangchuan", "云浦 Yunpu")

_BRANCHES = """湖滨 Lakeside|老城 Old Town|科技园 Science Park|南门 South Gate|学府 University|港湾 Harbour
银杏路 Ginkgo Road|滨江 Riverside|金桥 Golden Bridge|新城 New Town|东站 East Station|文化宫 Culture Palace
梅园 Plum Garden|北郊 North Field|望湖 Lake View|石桥 Stone Bridge|会展 Expo|花市 Flower Market|西岭 West Ridge
青年路 Youth Road|丰收 Harvest|白鹭洲 Egret Isle|茶山 Tea Hill|星河 Galaxy|运河 Canal|枫林 Maple Grove
天府里 Tianfu Lane|竹溪 Bamboo Creek|海棠 Begonia|龙泉 Dragon Spring|春晖 Spring Light|古渡 Old Ferry
凤凰 Phoenix|桂花 Osmanthus|翠屏 Green Screen|听涛 Surf|明珠 Pearl|松柏 Pine|清源 Clear Source|远山 Far Hill"""

_FAMILY = """林 Lin|陈 Chen|王 Wang|李 Li|张 Zhang|刘 Liu|杨 Yang|黄 Huang|赵 Zhao|周 Zhou|吴 Wu|徐 Xu|孙 Sun
马 Ma|朱 Zhu|胡 Hu|郭 Guo|何 He|高 Gao|罗 Luo|郑 Zheng|梁 Liang|谢 Xie|宋 Song|唐 Tang|许 Xu|韩 Han|冯 Feng
邓 Deng|曹 Cao|彭 Peng|曾 Zeng|肖 Xiao|田 Tian|董 Dong|潘 Pan|袁 Yuan|蔡 Cai|蒋 Jiang|余 Yu"""

_GIVEN = """岚 Lan|静怡 Jingyi|浩然 Haoran|思远 Siyuan|雨桐 Yutong|志强 Zhiqiang|晓梅 Xiaomei|子轩 Zixuan
婷 Ting|建国 Jianguo|嘉宁 Jianing|文博 Wenbo|若曦 Ruoxi|磊 Lei|佳琪 Jiaqi|明哲 Mingzhe|秀英 Xiuying|俊杰 Junjie
诗涵 Shihan|鹏 Peng|慧 Hui|宇航 Yuhang|雪 Xue|立新 Lixin|梦瑶 Mengyao|振华 Zhenhua|可欣 Kexin|海涛 Haitao|敏 Min
泽宇 Zeyu|凯 Kai|心怡 Xinyi|一鸣 Yiming|春燕 Chunyan|瑞 Rui|安琪 Anqi|国栋 Guodong|颖 Ying|天佑 Tianyou|芳 Fang"""


def branch_names(count: int) -> list[str]:
    """Names of the first branches of the bank, such as `湖滨支行 Lakeside`; at most 40."""
    pairs = [name.split(" ", 1) for name in _items(_BRANCHES)[:count]]
    return [f"{chinese}支行 {english}" for chinese, english in pairs]


def staff_names(rng: np.random.Generator, count: int) -> list[str]:
    """Names of people such as `林岚 Lin Lan`; no name occurs twice until all 1,600 were given."""
    families, given = _items(_FAMILY), _items(_GIVEN)
    order = rng.permutation(len(families) * len(given))
    chosen: list[int] = order[np.arange(count) % len(order)].tolist()
    return [_person(families[index % len(families)], given[index // len(families)]) for index in chosen]


def _items(listing: str) -> list[str]:
    return [item for line in listing.splitlines() for item in line.split("|")]


def _person(family: str, given: str) -> str:
    chinese_family, surname = family.split(" ")
    chinese_given, forename = given.split(" ")
    return f"{chinese_family}{chinese_given} {surname} {forename}"
