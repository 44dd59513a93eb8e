"""Words that stand in data files and are shown on screens, listed so that they can be translated.

Roles are named in `kernel/access/permissions.yaml`, the values of facts in `kernel/people/facts.yaml`.
"""

from django.utils.translation import gettext_noop

ROLES = [
    gettext_noop("居（村）委工作人员"),
    gettext_noop("受理中心窗口人员"),
    gettext_noop("受理中心负责人"),
    gettext_noop("其他部门经办人员"),
    gettext_noop("街镇经办人员"),
    gettext_noop("区级审核人员"),
    gettext_noop("市级业务主管"),
    gettext_noop("财务经办"),
    gettext_noop("财务审批"),
    gettext_noop("统计人员"),
    gettext_noop("审计人员"),
    gettext_noop("系统管理员"),
    gettext_noop("安全管理员"),
    gettext_noop("审计管理员"),
    gettext_noop("系统服务"),
]
VALUES = [
    gettext_noop("未知"),
    gettext_noop("未婚"),
    gettext_noop("已婚"),
    gettext_noop("离婚"),
    gettext_noop("丧偶"),
    gettext_noop("在职"),
    gettext_noop("失业"),
    gettext_noop("退休"),
    gettext_noop("无"),
    gettext_noop("视力"),
    gettext_noop("听力"),
    gettext_noop("言语"),
    gettext_noop("肢体"),
    gettext_noop("智力"),
    gettext_noop("精神"),
    gettext_noop("多重"),
    gettext_noop("一级"),
    gettext_noop("二级"),
    gettext_noop("三级"),
    gettext_noop("四级"),
    gettext_noop("不在读"),
    gettext_noop("学前"),
    gettext_noop("小学"),
    gettext_noop("初中"),
    gettext_noop("高中"),
    gettext_noop("大学"),
    gettext_noop("研究生"),
    gettext_noop("是"),
    gettext_noop("否"),
]
# `surfaces/demo.py` names the situations of its residents.
SITUATIONS = [
    gettext_noop("正在领取老年综合津贴"),
    gettext_noop("不符合最低生活保障条件"),
    gettext_noop("可能符合最低生活保障，尚缺核对"),
    gettext_noop("老年综合津贴告知书在异议期内"),
    gettext_noop("崇明居民，刚失业，尚未申请低保"),
    gettext_noop("有一张养老床位待答复"),
    gettext_noop("已评估，正在轮候养老床位"),
]
